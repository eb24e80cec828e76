/** Formats an amount: 2.02 → "$2.02", 0 → "free". */
export function formatMoney(amount: number, currency: string): string {
  if (amount === 0) return 'free';
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount);
}

type MonthlyCost = { alwaysOn: number; withSleep: number; currency: string };

/** Formats the cost of a month with the chosen sleep setting, and with the other one. */
export function formatMonthlyCost(cost: MonthlyCost, sleeps: boolean): string {
  if (cost.alwaysOn === 0) return 'Free (runs on this computer)';
  const always = formatMoney(cost.alwaysOn, cost.currency);
  const asleep = formatMoney(cost.withSleep, cost.currency);
  if (cost.withSleep >= cost.alwaysOn) return `${always} per month`;
  return sleeps
    ? `About ${asleep} per month (${always} if always on)`
    : `${always} per month (about ${asleep} if it sleeps when idle)`;
}
