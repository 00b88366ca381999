// The screen stays on while a card is shown, where the browser can do that.

/** Keep the screen on from now on, whenever the page is visible. */
export function stayAwake() {
  document.addEventListener("visibilitychange", hold);
  hold();
}

// LINE's web view may not know it, and a phone that saves power says no: the card works all the same.
function hold() {
  if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => undefined);
}
