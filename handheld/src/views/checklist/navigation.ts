/** Getting about in a checklist: the list and its steps are one place in the browser's history. */

import { useEffect, useRef } from "preact/hooks";
import { go, goInstead } from "../../app/route";

/** Whether the list lies right behind the step in the history, so that back leads to it. */
let isListBehind = false;

export function listIsShown(): void {
  isListBehind = false;
}

export function openFromList(order: string, step: string): void {
  go("order", order, "step", step);
  isListBehind = true;
}

/** From step to step; back still leads to where the first of them was opened. */
export function turnTo(order: string, step: string): void {
  goInstead("order", order, "step", step);
}

export function backToList(order: string): void {
  if (isListBehind) history.back();
  else goInstead("order", order, "checklist");
}

export interface Turns {
  previous(): void;
  next(): void;
  list(): void;
}

const SWIPE_PX = 70;
/** So much longer across than along counts as a swipe and not as scrolling. */
const SLANT = 2;

/**
 * Swipes and arrow keys. Left and right turn over; a pull down from the top, or Escape, is the
 * list. Give `ref` to the element that is swiped.
 */
export function useTurning(turns: Turns) {
  const ref = useRef<HTMLElement>(null);
  const latest = useRef(turns);
  latest.current = turns;
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    let start: { x: number; y: number; atTop: boolean } | null = null;
    const down = (event: TouchEvent) => {
      const touch = event.touches.length === 1 ? event.touches[0]! : null;
      const isFree = touch !== null && !isTyping(event.target);
      start = isFree ? { x: touch.clientX, y: touch.clientY, atTop: scrollY <= 0 } : null;
    };
    const up = (event: TouchEvent) => {
      const touch = event.changedTouches[0];
      if (start === null || touch === undefined) return;
      const across = touch.clientX - start.x;
      const along = touch.clientY - start.y;
      const { atTop } = start;
      start = null;
      if (Math.abs(across) > SWIPE_PX && Math.abs(across) > SLANT * Math.abs(along)) {
        if (across < 0) latest.current.next();
        else latest.current.previous();
      } else if (atTop && along > 2 * SWIPE_PX && along > SLANT * Math.abs(across)) {
        latest.current.list();
      }
    };
    const key = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Escape") latest.current.list();
      else if (isTyping(event.target)) return;
      else if (event.key === "ArrowLeft") latest.current.previous();
      else if (event.key === "ArrowRight") latest.current.next();
    };
    element.addEventListener("touchstart", down, { passive: true });
    element.addEventListener("touchend", up, { passive: true });
    addEventListener("keydown", key);
    return () => {
      element.removeEventListener("touchstart", down);
      element.removeEventListener("touchend", up);
      removeEventListener("keydown", key);
    };
  }, []);
  return ref;
}

/** Where arrows and strokes belong to what is being typed or chosen. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, summary") !== null;
}
