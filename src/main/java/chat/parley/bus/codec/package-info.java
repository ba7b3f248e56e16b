/** How the bus's records cross from node to node. */
package chat.parley.bus.codec;
