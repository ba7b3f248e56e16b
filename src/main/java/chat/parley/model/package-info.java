/**
 * Ids and nouns of the chat domain: records without I/O and without Vert.x. Every other package may
 * use them.
 */
package chat.parley.model;
