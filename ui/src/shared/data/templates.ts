import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Schemas, api, unwrap, unwrapPage } from '@/shared/api/client';

export type Template = Schemas['Template'];
export type Version = Schemas['Version'];
export type TemplateContent = Schemas['TemplateContent'];
export type NewTemplate = Schemas['NewTemplate'];
export type MessageSlot = Schemas['MessageSlot'];
export type LabelHistoryEntry = Schemas['LabelHistoryEntry'];
export type DraftRenderRequest = Schemas['DraftRenderRequest'];
export type DraftRendering = Schemas['DraftRendering'];

export interface TemplateFilter {
  q?: string | undefined;
  label?: string | undefined;
  archived?: boolean | undefined;
  cursor?: string | undefined;
}

const templateKeys = {
  all: ['templates'] as const,
  list: (filter: TemplateFilter) => ['templates', 'list', filter] as const,
  one: (id: string) => ['templates', 'one', id] as const,
  versions: (id: string) => ['templates', 'one', id, 'versions'] as const,
  version: (id: string, version: number) => ['templates', 'one', id, 'versions', version] as const,
  history: (id: string, label: string) => ['templates', 'one', id, 'history', label] as const,
};

const page = 50;
const versionsShown = 200;

export function useTemplates(filter: TemplateFilter) {
  return useQuery({
    queryKey: templateKeys.list(filter),
    queryFn: ({ signal }) =>
      unwrapPage(
        api.GET('/templates', {
          signal,
          params: {
            query: {
              limit: page,
              ...(filter.q && { q: filter.q }),
              ...(filter.label && { label: filter.label }),
              ...(filter.archived && { archived: true }),
              ...(filter.cursor && { cursor: filter.cursor }),
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useTemplate(id: string | undefined) {
  return useQuery({
    queryKey: templateKeys.one(id ?? ''),
    enabled: id !== undefined,
    queryFn: ({ signal }) => unwrap(api.GET('/templates/{id}', { signal, params: { path: { id: id ?? '' } } })),
  });
}

export function useVersions(id: string | undefined) {
  return useQuery({
    queryKey: templateKeys.versions(id ?? ''),
    enabled: id !== undefined,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/templates/{id}/versions', {
          signal,
          params: { path: { id: id ?? '' }, query: { limit: versionsShown } },
        }),
      ),
  });
}

export function useVersion(id: string, version: number | undefined) {
  return useQuery({
    queryKey: templateKeys.version(id, version ?? 0),
    enabled: version !== undefined,
    staleTime: 30_000,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/templates/{id}/versions/{version}', { signal, params: { path: { id, version: version ?? 0 } } }),
      ),
  });
}

export function useLabelHistory(id: string, label: string | undefined) {
  return useQuery({
    queryKey: templateKeys.history(id, label ?? ''),
    enabled: label !== undefined,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/templates/{id}/labels/{label}/history', { signal, params: { path: { id, label: label ?? '' } } }),
      ),
  });
}

/** What the server makes of a prompt that is not saved. */
export function useDraftRendering(draft: DraftRenderRequest, enabled = true) {
  return useQuery({
    queryKey: ['render', draft],
    enabled,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => unwrap(api.POST('/render', { signal, body: draft })),
  });
}

export function useCreateTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTemplate) => unwrap(api.POST('/templates', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: templateKeys.all }),
  });
}

export function useSaveVersion(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TemplateContent) => unwrap(api.PUT('/templates/{id}', { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: templateKeys.all }),
  });
}

export interface LabelMoveRequest {
  label: string;
  version: number;
  reason?: string | undefined;
}

/** Shows the move at once and takes it back when the server refuses it. */
export function useMoveLabel(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ label, version, reason }: LabelMoveRequest) =>
      unwrap(
        api.PUT('/templates/{id}/labels/{label}', {
          params: { path: { id, label } },
          body: { version, ...(reason && { reason }) },
        }),
      ),
    onMutate: async ({ label, version }) => {
      await client.cancelQueries({ queryKey: templateKeys.one(id) });
      const before = client.getQueryData<Template>(templateKeys.one(id));
      const versionsBefore = client.getQueryData<Version[]>(templateKeys.versions(id));
      client.setQueryData<Template>(
        templateKeys.one(id),
        (known) => known && { ...known, labels: { ...known.labels, [label]: version } },
      );
      client.setQueryData<Version[]>(templateKeys.versions(id), (known) => known && withLabel(known, label, version));
      return { before, versionsBefore };
    },
    onError: (_, __, context) => {
      client.setQueryData(templateKeys.one(id), context?.before);
      client.setQueryData(templateKeys.versions(id), context?.versionsBefore);
    },
    onSettled: () => client.invalidateQueries({ queryKey: templateKeys.all }),
  });
}

function withLabel(versions: Version[], label: string, target: number): Version[] {
  return versions.map((version) => {
    const others = version.labels.filter((other) => other !== label);
    return { ...version, labels: version.version === target ? [...others, label].sort() : others };
  });
}

export function useRemoveLabel(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (label: string) =>
      unwrap(api.DELETE('/templates/{id}/labels/{label}', { params: { path: { id, label } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: templateKeys.all }),
  });
}

export function useArchiveTemplate(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (archive: boolean) =>
      archive
        ? unwrap(api.DELETE('/templates/{id}', { params: { path: { id } } }))
        : unwrap(api.POST('/templates/{id}/restore', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: templateKeys.all }),
  });
}
