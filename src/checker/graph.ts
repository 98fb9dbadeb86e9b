// The graphs of calls: what can be called again and again without a charge, or without taking stack.
import { type Edge, type Report, unknownPlain, unknownThreaded } from "./frames.js";
import { Refusal } from "./verdict.js";

/** What others can call at any time: exports, references, and what tables hold. */
export interface Held {
  threaded: number[];
  plain: number[];
}

/**
 * Every circle of calls passes a charge, and every circle that leaves native frames behind takes stack.
 * An edge counts when the caller has not charged (taken stack) before the call; then no circle may be left.
 */
export function checkCallGraph(reports: Map<number, Report>, held: Held): void {
  checkCircles(
    reports,
    held,
    (edge) => edge.uncharged && !(edge.passesOn && findsFunction(edge.callee, reports)),
    () => true,
    {
      rule: "call-charge",
      message: "functions call each other in a circle without a charge",
    },
  );
  checkCircles(
    reports,
    held,
    (edge) => edge.unstacked,
    (edge) => !edge.tail,
    {
      rule: "stack-charge",
      message: "functions call each other in a circle without taking from the stack account",
    },
  );
}

/**
 * Whether a function does nothing but look at the frame to be rewound and go on in the function that it belongs to.
 * A way through it ends as long as the frames are those that were saved: see docs/checker.md, what is assumed.
 */
function findsFunction(functionIndex: number, reports: Map<number, Report>): boolean {
  const report = reports.get(functionIndex);
  if (!report || report.charges > 0) return false;
  return report.edges.every((edge) => edge.tail || reports.get(edge.callee)?.convention === "peek");
}

function checkCircles(
  reports: Map<number, Report>,
  held: Held,
  counts: (edge: Edge) => boolean,
  harms: (edge: Edge) => boolean,
  refusal: { rule: "call-charge" | "stack-charge"; message: string },
): void {
  const successors = (node: number): number[] => {
    if (node === unknownThreaded) return held.threaded;
    if (node === unknownPlain) return held.plain;
    return (reports.get(node)?.edges ?? []).filter(counts).map((edge) => edge.callee);
  };
  const component = stronglyConnected([unknownThreaded, unknownPlain, ...reports.keys()], successors);
  for (const [node, report] of reports) {
    for (const edge of report.edges) {
      if (!counts(edge) || !harms(edge) || component.get(node) !== component.get(edge.callee)) continue;
      throw new Refusal(refusal.rule, edge.offset, `${refusal.message} (a call here is one of them)`, node);
    }
  }
}

/** Tarjan's algorithm, without recursion: nodes to the number of their component. */
function stronglyConnected(nodes: number[], successors: (node: number) => number[]): Map<number, number> {
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const component = new Map<number, number>();
  const open: number[] = [];
  let components = 0;
  for (const root of nodes) {
    if (order.has(root)) continue;
    const path: { node: number; next: number; successors: number[] }[] = [];
    const enter = (node: number): void => {
      order.set(node, order.size);
      low.set(node, order.get(node)!);
      open.push(node);
      path.push({ node, next: 0, successors: successors(node) });
    };
    enter(root);
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const next = top.successors[top.next++];
      if (next !== undefined) {
        if (!order.has(next)) enter(next);
        else if (!component.has(next)) low.set(top.node, Math.min(low.get(top.node)!, order.get(next)!));
        continue;
      }
      path.pop();
      const caller = path[path.length - 1];
      if (caller) low.set(caller.node, Math.min(low.get(caller.node)!, low.get(top.node)!));
      if (low.get(top.node) !== order.get(top.node)) continue;
      for (let node = open.pop()!; ; node = open.pop()!) {
        component.set(node, components);
        if (node === top.node) break;
      }
      components++;
    }
  }
  return component;
}
