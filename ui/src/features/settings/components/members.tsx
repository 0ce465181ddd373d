import { useState } from 'react';
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { type Role, type Session } from '@/shared/data/session';
import { useFormat, useText } from '@/shared/i18n/language';
import { Ago, CopyButton, ReasonButton, Section } from '@/shared/ui/basics';
import { ConfirmTarget } from '@/shared/ui/confirm';
import { Problem, tellProblem } from '@/shared/ui/problem';
import { QueryState, Table } from '@/shared/ui/table';
import {
  type Member,
  useChangeRole,
  useInvitations,
  useInvite,
  useMembers,
  useRemoveMember,
  useTakeBackInvitation,
} from '../access';
import { isAdmin, roles } from '../roles';

export function Members({ session }: { session: Session }) {
  const text = useText();
  const admin = isAdmin(session.workspace.role);
  const members = useMembers(session.workspace.id);
  const [inviting, setInviting] = useState(false);
  return (
    <div className="stack">
      <Section
        title={text.members.title}
        actions={
          <ReasonButton reason={admin ? undefined : text.members.adminsOnly} onClick={() => setInviting(true)}>
            {text.members.invite}
          </ReasonButton>
        }
      >
        <QueryState query={members} rows={3} />
        {members.data && <MemberTable members={members.data} session={session} />}
      </Section>
      {admin && <Invitations workspaceId={session.workspace.id} />}
      <Modal
        opened={inviting}
        onClose={() => setInviting(false)}
        title={text.members.invite}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        <InviteForm session={session} onClose={() => setInviting(false)} />
      </Modal>
    </div>
  );
}

function MemberTable({ members, session }: { members: Member[]; session: Session }) {
  const text = useText();
  const { id, role: own } = session.workspace;
  const change = useChangeRole(id);
  const remove = useRemoveMember(id);
  const [target, setTarget] = useState<Member | null>(null);
  return (
    <>
      <Table
        columns={[
          text.members.name,
          text.members.email,
          text.members.role,
          { name: text.members.since, right: true },
          text.dead.actions,
        ]}
      >
        {members.map((member) => (
          <tr key={member.userId}>
            <td>{member.name}</td>
            <td className="muted">{member.email}</td>
            <td>
              <NativeSelect
                aria-label={text.members.roleOf(member.name)}
                value={member.role}
                disabled={!isAdmin(own) || (member.role === 'owner' && own !== 'owner')}
                data={roles
                  .filter((role) => role !== 'owner' || own === 'owner' || member.role === 'owner')
                  .map((role) => ({ value: role, label: text.members.roles[role] }))}
                onChange={(event) =>
                  change.mutate(
                    { userId: member.userId, role: event.currentTarget.value as Role },
                    { onError: (problem) => tellProblem(text, problem) },
                  )
                }
              />
            </td>
            <td className="right muted nowrap">
              <Ago time={member.createdAt} />
            </td>
            <td>
              {(isAdmin(own) || member.userId === session.user?.id) && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  {...(member.userId !== session.user?.id && { 'aria-label': text.members.removeOne(member.name) })}
                  onClick={() => setTarget(member)}
                >
                  {member.userId === session.user?.id ? text.members.leave : text.members.remove}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      <ConfirmTarget
        target={target}
        title={({ userId, name }) => (userId === session.user?.id ? text.members.leave : text.members.removeOne(name))}
        confirm={target?.userId === session.user?.id ? text.members.leave : text.members.remove}
        action={remove}
        input={({ userId }) => userId}
        onClose={() => setTarget(null)}
      >
        {text.members.removeText}
      </ConfirmTarget>
    </>
  );
}

function Invitations({ workspaceId }: { workspaceId: string }) {
  const text = useText();
  const format = useFormat();
  const invitations = useInvitations(workspaceId, true);
  const takeBack = useTakeBackInvitation(workspaceId);
  if (!invitations.data || invitations.data.length === 0) {
    return invitations.isError ? <Problem problem={invitations.error} /> : null;
  }
  return (
    <Section title={text.members.invitations}>
      <Table columns={[text.members.email, text.members.role, text.members.until, text.dead.actions]}>
        {invitations.data.map((invitation) => (
          <tr key={invitation.id}>
            <td>{invitation.email}</td>
            <td>{text.members.roles[invitation.role]}</td>
            <td className="muted">{format.time(invitation.expiresAt)}</td>
            <td>
              <Button
                size="compact-xs"
                variant="subtle"
                color="red"
                aria-label={text.members.takeBackOne(invitation.email)}
                onClick={() => takeBack.mutate(invitation.id, { onError: (problem) => tellProblem(text, problem) })}
              >
                {text.members.takeBack}
              </Button>
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function InviteForm({ session, onClose }: { session: Session; onClose: () => void }) {
  const text = useText();
  const invite = useInvite(session.workspace.id);
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('member');
  if (invite.data) {
    return (
      <div className="stack">
        <p>{text.members.inviteOnce(invite.data.email)}</p>
        <div className="secret">
          <code>{invite.data.token}</code>
          <CopyButton compact value={invite.data.token} label={text.common.copy} />
        </div>
        <div className="modal-actions">
          <Button size="xs" onClick={onClose}>
            {text.apiKeys.kept}
          </Button>
        </div>
      </div>
    );
  }
  const obstacle = email.includes('@') ? undefined : text.members.emailMissing;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (obstacle === undefined) {
          invite.mutate({ email: email.trim(), role });
        }
      }}
    >
      <TextInput
        data-autofocus
        type="email"
        label={text.members.email}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <NativeSelect
        label={text.members.role}
        value={role}
        data={roles
          .filter((each) => each !== 'owner' || session.workspace.role === 'owner')
          .map((each) => ({ value: each, label: text.members.roles[each] }))}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
      />
      {invite.isError && <Problem problem={invite.error} />}
      <div className="modal-actions">
        <Button variant="default" size="xs" onClick={onClose}>
          {text.common.cancel}
        </Button>
        <ReasonButton type="submit" reason={obstacle} loading={invite.isPending}>
          {text.members.invite}
        </ReasonButton>
      </div>
    </form>
  );
}
