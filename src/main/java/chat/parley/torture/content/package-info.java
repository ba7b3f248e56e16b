/**
 * How a change becomes an event of a history: in one way, whoever saw it, so that two who saw the
 * same wrote down the same.
 */
package chat.parley.torture.content;
