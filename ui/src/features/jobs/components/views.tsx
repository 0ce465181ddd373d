import { useState } from 'react';
import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconBookmark, IconCheck, IconTrash } from '@tabler/icons-react';
import { type View, useDeleteView, useSaveView, useViews } from '@/shared/data/stats';
import { useText } from '@/shared/i18n/language';
import { ReasonButton } from '@/shared/ui/basics';
import { Problem, tell, tellProblem } from '@/shared/ui/problem';
import { isView, parseJobsSearch, viewOf } from '../search';

/** Filters under a name, for everybody in the workspace. */
export function Views() {
  const text = useText();
  const search = useSearch({ from: '/jobs' });
  const navigate = useNavigate({ from: '/jobs' });
  const views = useViews('jobs');
  const remove = useDeleteView('jobs');
  const [saving, setSaving] = useState(false);
  const current = views.data?.find(({ query }) => isView(search, query));
  const isFiltered = Object.keys(viewOf(search)).length > 0;
  const drop = (view: View) =>
    remove.mutate(view.id, {
      onSuccess: () => tell(text.jobs.viewDeleted(view.name)),
      onError: (problem) => tellProblem(text, problem),
    });
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBookmark size={15} aria-hidden />}>
            {current?.name ?? text.jobs.views}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.data?.length === 0 && <Menu.Label>{text.jobs.viewNone}</Menu.Label>}
          {views.data?.map((view, index) => (
            <Menu.Item
              key={view.id}
              {...(index === 0 && { 'data-autofocus': true })}
              leftSection={view === current ? <IconCheck size={14} aria-hidden /> : <span className="no-icon" />}
              onClick={() => void navigate({ search: parseJobsSearch(view.query) })}
            >
              {view.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {current ? (
            <Menu.Item leftSection={<IconTrash size={14} aria-hidden />} onClick={() => drop(current)}>
              {text.jobs.viewDelete(current.name)}
            </Menu.Item>
          ) : (
            <Menu.Item
              {...(!views.data?.length && { 'data-autofocus': true })}
              aria-disabled={!isFiltered}
              closeMenuOnClick={isFiltered}
              onClick={() => isFiltered && setSaving(true)}
            >
              {isFiltered ? text.jobs.saveView : text.jobs.viewNothing}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={saving}
        onClose={() => setSaving(false)}
        title={text.jobs.saveView}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        <SaveForm onClose={() => setSaving(false)} />
      </Modal>
    </>
  );
}

function SaveForm({ onClose }: { onClose: () => void }) {
  const text = useText();
  const search = useSearch({ from: '/jobs' });
  const save = useSaveView('jobs');
  const [name, setName] = useState('');
  const given = name.trim();
  const submit = () =>
    save.mutate(
      { name: given, query: viewOf(search) },
      {
        onSuccess: () => {
          tell(text.jobs.viewSaved(given));
          onClose();
        },
      },
    );
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (given) {
          submit();
        }
      }}
    >
      <TextInput
        data-autofocus
        label={text.jobs.viewName}
        description={text.jobs.viewAbout}
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {save.isError && <Problem problem={save.error} />}
      <div className="modal-actions">
        <ReasonButton type="submit" loading={save.isPending} reason={given ? undefined : text.apiKeys.nameMissing}>
          {text.jobs.saveView}
        </ReasonButton>
      </div>
    </form>
  );
}
