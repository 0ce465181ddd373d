import { useText } from '@/shared/i18n/language';

interface Props {
  messages: { role: string; content: string }[];
}

/** A rendered prompt as it goes to the provider. */
export function Messages({ messages }: Props) {
  const text = useText();
  const roles: Record<string, string> = text.roles;
  return (
    <div className="messages">
      {messages.map((message, index) => (
        <div key={index} className="message" data-role={message.role}>
          <div className="message-role">{roles[message.role] ?? message.role}</div>
          <div className="message-text">{message.content}</div>
        </div>
      ))}
    </div>
  );
}
