import type { DraftRenderRequest, MessageSlot, Template, TemplateContent, Version } from '@/shared/data/templates';

export interface DraftMessage {
  key: number;
  role: 'system' | 'user' | 'assistant' | 'history';
  /** The text, or the variable's name of a history slot. */
  content: string;
}

/** A version while it is written. JSON is text here, because half of it is typed at any moment. */
export interface Draft {
  form: 'prompts' | 'messages';
  systemPrompt: string;
  userPrompt: string;
  messages: DraftMessage[];
  schema: string;
  provider: string;
  model: string;
  params: string;
}

export const emptyDraft: Draft = {
  form: 'prompts',
  systemPrompt: '',
  userPrompt: '',
  messages: [{ key: 1, role: 'user', content: '' }],
  schema: '',
  provider: '',
  model: '',
  params: '',
};

export function draftOf(
  version: Pick<Version | Template, 'systemPrompt' | 'userPrompt' | 'messages' | 'variablesSchema' | 'defaults'>,
): Draft {
  return {
    form: version.messages ? 'messages' : 'prompts',
    systemPrompt: version.systemPrompt ?? '',
    userPrompt: version.userPrompt ?? '',
    messages: version.messages?.map(draftMessage) ?? emptyDraft.messages,
    schema: version.variablesSchema ? json(version.variablesSchema) : '',
    provider: version.defaults.provider ?? '',
    model: version.defaults.model ?? '',
    params: Object.keys(version.defaults.params).length > 0 ? json(version.defaults.params) : '',
  };
}

function draftMessage(slot: MessageSlot, index: number): DraftMessage {
  return slot.role === 'history'
    ? { key: index + 1, role: 'history', content: (slot as { name: string }).name }
    : { key: index + 1, role: slot.role, content: (slot as { content: string }).content };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

export type JsonObject = Record<string, unknown>;

/** undefined = nothing there; null = not a JSON object. */
export function parseObject(text: string): JsonObject | null | undefined {
  if (text.trim() === '') {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

export type DraftFault = 'userPrompt' | 'messages' | 'schema' | 'params';

export function faultsOf(draft: Draft): DraftFault[] {
  const faults: DraftFault[] = [];
  if (draft.form === 'prompts' && draft.userPrompt.trim() === '') {
    faults.push('userPrompt');
  }
  if (draft.form === 'messages' && !draft.messages.some(({ role, content }) => role !== 'system' && content !== '')) {
    faults.push('messages');
  }
  if (parseObject(draft.schema) === null) {
    faults.push('schema');
  }
  if (parseObject(draft.params) === null) {
    faults.push('params');
  }
  return faults;
}

/** What the API takes; only of a draft without faults. */
export function contentOf(draft: Draft): Omit<TemplateContent, 'name' | 'description' | 'message' | 'ifVersion'> {
  const schema = parseObject(draft.schema);
  const params = parseObject(draft.params);
  return {
    ...(draft.form === 'messages'
      ? { messages: draft.messages.map(slotOf) }
      : { userPrompt: draft.userPrompt, ...(draft.systemPrompt !== '' && { systemPrompt: draft.systemPrompt }) }),
    ...(schema && { variablesSchema: schema }),
    defaults: {
      ...(draft.provider !== '' && { provider: draft.provider }),
      ...(draft.model !== '' && { model: draft.model }),
      params: params ?? {},
    },
  };
}

function slotOf({ role, content }: DraftMessage): MessageSlot {
  return role === 'history' ? { role, name: content } : { role, content };
}

export function renderRequestOf(draft: Draft, variables: JsonObject): DraftRenderRequest {
  return { ...contentOf(draft), variables };
}

/** Two drafts are the same version when the API would get the same. */
export function sameContent(a: Draft, b: Draft): boolean {
  return JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b));
}

/** The parts of a version as texts, for comparing. */
export function partsOf(
  draft: Draft,
): Record<'systemPrompt' | 'userPrompt' | 'messages' | 'schema' | 'defaults', string> {
  const prompts = draft.form === 'prompts';
  const defaults = [
    draft.provider && `provider: ${draft.provider}`,
    draft.model && `model: ${draft.model}`,
    draft.params && `params: ${draft.params}`,
  ];
  return {
    systemPrompt: prompts ? draft.systemPrompt : '',
    userPrompt: prompts ? draft.userPrompt : '',
    messages: prompts ? '' : draft.messages.map(({ role, content }) => `[${role}]\n${content}`).join('\n\n'),
    schema: draft.schema,
    defaults: defaults.filter(Boolean).join('\n'),
  };
}
