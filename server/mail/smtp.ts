import type { Secret } from '#server/domain/credentials/secret.ts';
import type { Mailer } from '#server/domain/members/mailed-links.ts';

const CONNECTIONS_MAX = 2;
const CONNECT_TIMEOUT_MS = 10_000;
const SEND_TIMEOUT_MS = 30_000;

/**
 * Sends mail through the server of `SMTP_URL`, such as smtps://user:password@mail.example.com. On the way to another
 * computer the connection is encrypted, and without that no password is sent.
 */
export function createSmtpMailer({ url, from }: { url: Secret; from: string }): Mailer & { close(): void } {
  const { hostname } = new URL(url.reveal());
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const open = async () => {
    const { createTransport } = await import('nodemailer'); // only where mail is sent
    return createTransport(
      {
        url: url.reveal(),
        pool: true,
        maxConnections: CONNECTIONS_MAX,
        connectionTimeout: CONNECT_TIMEOUT_MS,
        greetingTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: SEND_TIMEOUT_MS,
        requireTLS: !isLocal,
        // a message holds no attachment, so that nothing makes the library read a file or an address
        disableFileAccess: true,
        disableUrlAccess: true,
      },
      { from },
    );
  };
  let opened: ReturnType<typeof open> | undefined;
  return {
    send: async ({ to, subject, text }) => {
      opened ??= open();
      const transport = await opened;
      await transport.sendMail({ to: { name: '', address: to }, subject, text });
    },
    close: () => void opened?.then((transport) => transport.close()),
  };
}
