import type { RequestListener } from 'node:http';

/**
 * Hands requests below a prefix to `first`, and the others on. The endpoint stands so before every middleware: nothing may
 * read, buffer or compress what passes through it.
 */
export const before =
  (prefix: string, first: RequestListener, others: RequestListener): RequestListener =>
  (req, res) => {
    if (req.url?.startsWith(prefix)) first(req, res);
    else others(req, res);
  };
