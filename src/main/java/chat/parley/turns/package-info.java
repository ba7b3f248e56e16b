/** Asynchronous work that takes turns: a few pieces at once, or round after round. */
package chat.parley.turns;
