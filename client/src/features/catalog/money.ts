/** 2.02 → "$2.02"; nothing → "free". */
export function formatMoney(amount: number, currency: string): string {
  if (amount === 0) return 'free';
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount);
}

type MonthlyCost = { alwaysOn: number; withSleep: number; currency: string };

/** What a month costs, as one line: as it would be, and what sleeping would change. */
export function costWords(cost: MonthlyCost, sleeps: boolean): string {
  if (cost.alwaysOn === 0) return 'Free: it runs on this computer.';
  const always = formatMoney(cost.alwaysOn, cost.currency);
  const asleep = formatMoney(cost.withSleep, cost.currency);
  if (cost.withSleep >= cost.alwaysOn) return `${always} a month`;
  return sleeps
    ? `About ${asleep} a month; ${always} if it were always awake`
    : `${always} a month; about ${asleep} if it slept while idle`;
}
