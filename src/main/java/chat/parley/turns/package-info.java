/** Asynchronous work that takes turns: in parts, a few pieces at once, or round after round. */
package chat.parley.turns;
