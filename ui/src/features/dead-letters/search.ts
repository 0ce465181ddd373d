import { type RawSearch, text, uuid } from '@/shared/search';

export interface DeadLettersSearch {
  provider?: string | undefined;
  model?: string | undefined;
  errorCode?: string | undefined;
  templateId?: string | undefined;
}

export function parseDeadLettersSearch(search: RawSearch): DeadLettersSearch {
  return {
    provider: text(search['provider'], 100),
    model: text(search['model'], 200),
    errorCode: text(search['errorCode'], 60),
    templateId: uuid(search['templateId']),
  };
}
