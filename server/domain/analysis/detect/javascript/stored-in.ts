const LOOK_BACK_CHARACTERS = 160;
const STORED = /(?:(?:const|let|var)\s{1,9}(\w{1,60})(?:\s{0,9}:\s{0,9}[^=\n]{1,40})?|\b(\w{1,60}))\s{0,9}=\s{0,9}\(?$/;
/** The reads before this one in `process.env.A || process.env.B`: all of them are stored in the same variable. */
const CHAIN = /(?:process\.env(?:\.|\[["'`])[A-Z][A-Z0-9_]{1,79}(?:["'`]\])?\s{0,20}(?:\|\||\?\?)\s{0,20}){1,4}$/;

/** The variable that a read is stored in: `const key = process.env.NAME`, alone or as one of several names. */
export function storedIn(text: string, offset: number): string | null {
  let before = text.slice(Math.max(0, offset - LOOK_BACK_CHARACTERS), offset);
  if (/[|?]\s{0,20}$/.test(before)) before = before.replace(CHAIN, '');
  if (!/[=(]\s{0,9}$/.test(before)) return null;
  return (
    STORED.exec(before)
      ?.slice(1)
      .find((one) => one !== undefined) ?? null
  );
}
