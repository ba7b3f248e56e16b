/**
 * When a node has too much to do: one signal of event-loop lag, sends under way, stream backlog and
 * heap, and what is given up for it, in the order of {@link chat.parley.overload.Work}. Whoever
 * does such work asks {@link chat.parley.overload.Overload#may} first.
 */
package chat.parley.overload;
