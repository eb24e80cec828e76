import { deployByForm, withWorkshop } from './form-deployment.ts';
import { popularServers } from './popular-servers.ts';

/** Every server deployed on this computer, one after another, filled in as its form demands, until it answers or fails. */
export async function deployPopular(options: { only: string | undefined }): Promise<void> {
  const rows: Record<string, string | number>[] = [];
  await withWorkshop(async (workshop) => {
    for (const { package: name } of await popularServers(options.only)) {
      const since = performance.now();
      const outcome = await deployByForm(name, 'required', workshop);
      rows.push({ server: name, ...outcome, seconds: ((performance.now() - since) / 1_000).toFixed(1) });
      process.stderr.write(`${name}: ${outcome.status} ${outcome.code}\n`);
    }
  });
  console.table(rows);
}
