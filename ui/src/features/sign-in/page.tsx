import { useEffect, useState } from 'react';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { asApiError } from '@/shared/api/error';
import { type NewAccount, useRegister, useSignIn } from '@/shared/data/session';
import { useText } from '@/shared/i18n/language';
import { Problem } from '@/shared/ui/problem';

const nothing: NewAccount = { email: '', password: '', name: '', token: '' };

/** Stands in the place of whatever page was asked for, which shows once somebody is signed in. */
export function SignInPage() {
  const text = useText();
  const [isNew, setIsNew] = useState(false);
  const [form, setForm] = useState(nothing);
  const signIn = useSignIn();
  const register = useRegister();
  const problem = isNew ? register.error : signIn.error;
  const errors = problem ? asApiError(problem).fieldErrors : {};
  const change = (part: Partial<NewAccount>) => setForm((now) => ({ ...now, ...part }));
  const title = isNew ? text.signIn.register : text.signIn.title;
  useEffect(() => {
    document.title = `${title} · ${text.product}`;
  }, [title, text.product]);
  return (
    <main className="sign-in">
      <form
        className="sign-in-form stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isNew) {
            register.mutate(form);
          } else {
            signIn.mutate({ email: form.email, password: form.password });
          }
        }}
      >
        <img src="/app/favicon.svg" width={36} height={36} alt="" />
        <h1>{title}</h1>
        {isNew && (
          <TextInput
            label={text.signIn.name}
            autoComplete="name"
            value={form.name}
            error={errors['name']?.join('; ')}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
        )}
        <TextInput
          label={text.signIn.email}
          type="email"
          autoComplete="username"
          autoFocus
          required
          value={form.email}
          error={errors['email']?.join('; ')}
          onChange={(event) => change({ email: event.currentTarget.value })}
        />
        <PasswordInput
          label={text.signIn.password}
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
          visibilityToggleButtonProps={{ 'aria-label': text.signIn.showPassword }}
          value={form.password}
          error={errors['password']?.join('; ')}
          onChange={(event) => change({ password: event.currentTarget.value })}
        />
        {isNew && (
          <TextInput
            label={text.signIn.token}
            description={text.signIn.tokenHint}
            autoComplete="off"
            value={form.token}
            error={[...(errors['invitation'] ?? []), ...(errors['setupToken'] ?? [])].join('; ') || undefined}
            onChange={(event) => change({ token: event.currentTarget.value.trim() })}
          />
        )}
        {problem && <Problem problem={problem} />}
        <Button size="sm" type="submit" loading={signIn.isPending || register.isPending}>
          {title}
        </Button>
        <button type="button" className="link-button" onClick={() => setIsNew(!isNew)}>
          {isNew ? text.signIn.toSignIn : text.signIn.toRegister}
        </button>
      </form>
    </main>
  );
}
