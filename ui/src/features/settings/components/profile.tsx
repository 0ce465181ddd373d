import { type FormEvent, useState } from 'react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { asApiError } from '@/shared/api/error';
import {
  useAcceptInvitation,
  useChangePassword,
  useEndSignIn,
  useRename,
  useSignIns,
  useSignOutEverywhere,
} from '@/shared/data/profile';
import { type Session, useSwitchWorkspace } from '@/shared/data/session';
import { useText } from '@/shared/i18n/language';
import { Ago, ReasonButton, Section } from '@/shared/ui/basics';
import { Problem, tell, tellProblem } from '@/shared/ui/problem';
import { QueryState, Table } from '@/shared/ui/table';

/** Oneself: name, password, where one is signed in, and the way into another workspace. */
export function Profile({ user }: { user: NonNullable<Session['user']> }) {
  const text = useText();
  return (
    <div className="stack">
      <Section title={text.profile.name}>
        <Name user={user} />
      </Section>
      <Section title={text.profile.password}>
        <Password />
      </Section>
      <Section title={text.profile.invitation}>
        <Invitation />
      </Section>
      <SignIns />
    </div>
  );
}

function Name({ user }: { user: NonNullable<Session['user']> }) {
  const text = useText();
  const rename = useRename();
  const [name, setName] = useState(user.name);
  const given = name.trim();
  const reason = given === '' ? text.apiKeys.nameMissing : given === user.name ? text.profile.unchanged : undefined;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (reason === undefined) {
      rename.mutate(given, { onSuccess: () => tell(text.profile.renamed) });
    }
  };
  return (
    <form className="narrow stack" onSubmit={save}>
      <TextInput
        label={text.signIn.name}
        description={user.email}
        autoComplete="name"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {rename.isError && <Problem problem={rename.error} />}
      <ReasonButton type="submit" className="fit" reason={reason} loading={rename.isPending}>
        {text.profile.rename}
      </ReasonButton>
    </form>
  );
}

function Password() {
  const text = useText();
  const change = useChangePassword();
  const [form, setForm] = useState({ currentPassword: '', newPassword: '' });
  const errors = change.isError ? asApiError(change.error).fieldErrors : {};
  const reason = form.currentPassword && form.newPassword ? undefined : text.profile.both;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (reason === undefined) {
      change.mutate(form, {
        onSuccess: () => {
          setForm({ currentPassword: '', newPassword: '' });
          tell(text.profile.passwordChanged);
        },
      });
    }
  };
  return (
    <form className="narrow stack" onSubmit={save}>
      {(['currentPassword', 'newPassword'] as const).map((field) => (
        <PasswordInput
          key={field}
          label={text.profile[field]}
          autoComplete={field === 'newPassword' ? 'new-password' : 'current-password'}
          visibilityToggleButtonProps={{ 'aria-label': text.signIn.showPassword }}
          value={form[field]}
          error={errors[field]?.join('; ')}
          onChange={(event) => setForm({ ...form, [field]: event.currentTarget.value })}
        />
      ))}
      {change.isError && <Problem problem={change.error} />}
      <p className="muted">{text.profile.passwordText}</p>
      <ReasonButton type="submit" className="fit" reason={reason} loading={change.isPending}>
        {text.profile.changePassword}
      </ReasonButton>
    </form>
  );
}

function Invitation() {
  const text = useText();
  const accept = useAcceptInvitation();
  const enter = useSwitchWorkspace();
  const [token, setToken] = useState('');
  const reason = token ? undefined : text.profile.tokenMissing;
  const join = (event: FormEvent) => {
    event.preventDefault();
    if (reason === undefined) {
      accept.mutate(token, {
        onSuccess: (workspace) => {
          tell(text.profile.joined(workspace.name));
          enter(workspace.id);
        },
      });
    }
  };
  return (
    <form className="narrow stack" onSubmit={join}>
      <TextInput
        label={text.profile.token}
        autoComplete="off"
        value={token}
        onChange={(event) => setToken(event.currentTarget.value.trim())}
      />
      {accept.isError && <Problem problem={accept.error} />}
      <ReasonButton type="submit" className="fit" reason={reason} loading={accept.isPending}>
        {text.profile.accept}
      </ReasonButton>
    </form>
  );
}

function SignIns() {
  const text = useText();
  const signIns = useSignIns();
  const end = useEndSignIn();
  const everywhere = useSignOutEverywhere();
  const onError = (problem: unknown) => tellProblem(text, problem);
  return (
    <Section
      title={text.profile.signIns}
      actions={
        <Button
          size="xs"
          variant="default"
          loading={everywhere.isPending}
          onClick={() => everywhere.mutate(undefined, { onError })}
        >
          {text.profile.everywhere}
        </Button>
      }
    >
      <QueryState query={signIns} rows={2} />
      {signIns.data && (
        <Table
          columns={[
            text.profile.client,
            text.profile.address,
            { name: text.profile.since, right: true, wide: true },
            { name: text.profile.used, right: true },
            text.dead.actions,
          ]}
        >
          {signIns.data.map((signIn) => (
            <tr key={signIn.id}>
              <td className="wrap">{signIn.userAgent ?? text.profile.unknownClient}</td>
              <td className="mono nowrap">{signIn.address}</td>
              <td className="right muted nowrap wide-only">
                <Ago time={signIn.createdAt} />
              </td>
              <td className="right muted nowrap">
                <Ago time={signIn.usedAt} />
              </td>
              <td>
                {signIn.current ? (
                  <span className="badge">{text.profile.current}</span>
                ) : (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="red"
                    onClick={() => end.mutate(signIn.id, { onError })}
                  >
                    {text.shell.signOut}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}
