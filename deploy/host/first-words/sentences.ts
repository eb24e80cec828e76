import type { Missing } from '../contract.ts';
import { keyOf, namesIn } from './names.ts';
import { sentencesOf } from './text.ts';

/** Words by which a program reports that it lacks something. */
const DEMANDS =
  /\brequire[sd]?\b|\bmandatory\b|\bmissing\b|\bnot (?:been )?(?:set|defined|provided|configured|found|specified|present|given|available|supplied|exist)\b|\bisn'?t (?:set|defined|provided|configured)\b|\bmust (?:be |also be )?(?:set|provide|specif|configure|define|suppl|pass|have|contain|not be empty|be (?:a |an )?(?:valid|non-?empty))|\bneeds?(?: to)?\b|\bneeded\b|\bunset\b|\bundefined\b|\b(?:is|are|was|be) empty\b|\bplease (?:set|provide|specify|configure|add|export|supply|pass|define)|\bno\b.{1,80}\b(?:provided|found|set|configured|specified|given|available|defined|supplied)\b|\b(?:could not|couldn'?t|cannot|can'?t|unable to|failed to) (?:find|read|load|get|determine)\b|\bexpected\b.{1,60}\bto be (?:set|defined)|\bforg[eo]t to set\b|\binvalid\b|\bwithout (?:an? )?(?:api|token|key|credential)/i;
/** The program asks for something with these verbs at the beginning of a sentence. */
const IMPERATIVE =
  /^\W{0,4}(?:(?:fatal |\w{0,20})error:? |fatal:? |then |either |please (?:either )?|you can |or )?(?:set|provide|export|specify|configure|supply|pass|define|give|add|use)\b/i;
/** Not a demand: the program goes on without it. */
const SOFT =
  /\boptional(?:ly)?\b|\bdefault(?:s|ing)?\b|\bfall(?:ing)? ?back\b|\bwill (?:use|be disabled|not be available)\b|\bdisabled\b|\bskipp|\bignor|\bdeprecated\b|\brecommended\b|\busing\b.{0,40}\binstead\b|\bcontinuing\b|\blimited\b/i;
const WARNING = /^\W{0,4}(?:\[?warn(?:ing)?\]?|note|hint|tip|info)\b/i;
/** The rest of the sentence is an explanation. */
const EXPLANATION =
  /\b(?:in order to|so that|to use\b|to enable|e\.g\.|for example|such as|for instance|see\b|visit\b|more info)/i;
const CONDITION = /\b(?:when|if|unless|while|whenever)\b/i;
const ABSENCE = /\bunless\b|\bnot\b|\bmissing\b|\bunset\b|\bempty\b|\bwithout\b|\bneither\b|n't\b/i;
const EITHER = /\bor\b|\beither\b|\bone of\b|\bany of\b|\bneither\b|\balternatively\b|(?<=[A-Z])\s?[/|]\s?(?=[A-Z])/i;
const HEADING_OF_WAYS = /\b(?:one of|either|any of|ways?|options|methods|alternatives)\b/i;
const LIST_LINES_MAX = 12;

const clauseOf = (sentence: string): { names: string; condition: string | null } => {
  const explained = EXPLANATION.exec(sentence);
  const said = explained && explained.index > 12 ? sentence.slice(0, explained.index) : sentence;
  const condition = CONDITION.exec(said);
  return condition && condition.index > 0
    ? { names: said.slice(0, condition.index), condition: said.slice(condition.index) }
    : { names: said, condition: null };
};

/** The names that one sentence demands: all of them, or one of them. */
const demandsOf = (sentence: string, known: readonly string[]): Missing[][] => {
  const { names, condition } = clauseOf(sentence);
  const demanded = namesIn(names, known);
  if (demanded.length === 0) return [];
  if (condition !== null) {
    const others = ABSENCE.test(condition) ? namesIn(condition, known) : [];
    // "if AUTH_MODE is oauth" makes the demand a condition: the start that was tried may not meet it.
    if (others.length > 0) return [[...demanded, ...others]];
  }
  return demanded.length > 1 && EITHER.test(names) ? [demanded] : demanded.map((one) => [one]);
};

const isDemand = (text: string): boolean => DEMANDS.test(text) || IMPERATIVE.test(text);
const isSoft = (text: string): boolean => SOFT.test(text) || WARNING.test(text);

/** Names on the lines below a heading, one way or one need a line. */
const readList = (lines: readonly string[], heading: string, known: readonly string[]): Missing[][] => {
  const items: Missing[][] = [];
  let blanks = 0;
  for (const line of lines.slice(0, LIST_LINES_MAX)) {
    if (line.trim() === '') {
      blanks += 1;
      if (blanks > 1 || items.length > 0) break;
      continue;
    }
    const isItem = /^\s|^(?:[-*•]|\d{1,2}[.)])\s/.test(line) || /^["'`]?[A-Z][A-Z0-9]*_[A-Z0-9_]+/.test(line);
    if (!isItem) break;
    if (SOFT.test(line)) continue;
    const [first] = namesIn(line, known);
    if (first) items.push([first]);
  }
  return HEADING_OF_WAYS.test(heading) && items.length > 1 ? [items.flat()] : items;
};

/** A program that knows several ways names them again and again: a need that is one of the ways of a group is that group. */
export const withoutCovered = (needs: readonly Missing[][]): Missing[][] => {
  const seen = new Set<string>();
  const largestFirst = [...needs].sort((a, b) => b.length - a.length);
  const kept = largestFirst.filter((need) => {
    const isCovered = need.some((one) => seen.has(keyOf(one)));
    for (const one of need) seen.add(keyOf(one));
    return !isCovered;
  });
  return needs.filter((need) => kept.includes(need));
};

/** The needs that sentences of any program state: "X is required", "Please set A or B", a heading with a list below it. */
export const readSentences = (lines: readonly string[], known: readonly string[]): Missing[][] => {
  const needs: Missing[][] = [];
  for (const [index, line] of lines.entries()) {
    if (/:\s*$/.test(line) && isDemand(line) && !isSoft(line)) {
      const listed = readList(lines.slice(index + 1), line, known);
      needs.push(...listed);
      if (listed.length > 0) continue;
    }
    for (const sentence of sentencesOf(line)) {
      if (!isDemand(sentence) || isSoft(sentence)) continue;
      needs.push(...demandsOf(sentence, known));
    }
  }
  return withoutCovered(needs);
};

const LINES_BEFORE = 4;

/** The last resort: variables near a demand that stands on another line. They are likely, and not proven. */
export const readNearby = (lines: readonly string[], known: readonly string[]): string[] => {
  const near = lines.flatMap((line, index) => {
    const around = lines.slice(Math.max(0, index - LINES_BEFORE), index + 2);
    return around.some((one) => DEMANDS.test(one) && !isSoft(one)) && !isSoft(line) ? namesIn(line, known) : [];
  });
  return [...new Set(near.flatMap((one) => (one.kind === 'variable' ? [one.name] : [])))];
};
