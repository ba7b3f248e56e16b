// What keys mean in the fields in which somebody writes.

/** Whether a key belongs to an input method that is still at work; Safari says so by the key's code alone. */
export function composing(event) { return event.isComposing || event.keyCode === 229; }

/** On a phone Enter is a new line, since its keyboard has no Shift+Enter; there is a button to send. */
export function enterSends() { return !matchMedia('(hover: none)').matches; }
