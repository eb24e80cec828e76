/** 2.02 → "$2.02"; nothing → "free". */
export function formatMoney(amount: number, currency: string): string {
  if (amount === 0) return 'free';
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount);
}

type MonthlyCost = { alwaysOn: number; withSleep: number; currency: string };

/** What a month costs, as one line. */
export function costWords(cost: MonthlyCost): string {
  if (cost.alwaysOn === 0) return 'Free: it runs on this computer.';
  const always = `${formatMoney(cost.alwaysOn, cost.currency)} a month`;
  return cost.withSleep < cost.alwaysOn
    ? `${always}, about ${formatMoney(cost.withSleep, cost.currency)} when it sleeps while idle`
    : always;
}
