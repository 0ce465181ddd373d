import type { GenerateRequest } from '@/shared/data/jobs';

export interface Prompt {
  /** null = the text below */
  templateId: string | null;
  version: number | undefined;
  systemPrompt: string;
  userPrompt: string;
  variables: Record<string, unknown>;
}

export interface Tuning {
  temperature: string;
  maxTokens: string;
  /** JSON object with whatever else the provider takes. */
  more: string;
}

export function paramsOf({ temperature, maxTokens, more }: Tuning): Record<string, unknown> {
  return {
    ...(more.trim() !== '' && (JSON.parse(more) as Record<string, unknown>)),
    ...(temperature.trim() !== '' && { temperature: Number(temperature) }),
    ...(maxTokens.trim() !== '' && { maxTokens: Number(maxTokens) }),
  };
}

export function requestOf(
  prompt: Prompt,
  column: { provider: string; model: string },
  params: Record<string, unknown>,
  fresh: boolean,
): GenerateRequest {
  return {
    ...(prompt.templateId
      ? {
          templateId: prompt.templateId,
          ...(prompt.version !== undefined && { version: prompt.version }),
          variables: prompt.variables,
        }
      : {
          messages: [
            ...(prompt.systemPrompt ? [{ role: 'system' as const, content: prompt.systemPrompt }] : []),
            { role: 'user' as const, content: prompt.userPrompt },
          ],
        }),
    provider: column.provider,
    ...(column.model && { model: column.model }),
    ...(Object.keys(params).length > 0 && { params }),
    ...(fresh && { fresh: true }),
  };
}

/** The same request for a shell; a single quote inside is closed, escaped and opened again. */
export function curlOf(origin: string, request: GenerateRequest): string {
  const body = JSON.stringify(request).replaceAll("'", String.raw`'\''`);
  return `curl -X POST ${origin}/generate -H 'Content-Type: application/json' -d '${body}'`;
}
