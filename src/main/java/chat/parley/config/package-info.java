/** Reads settings once, gathers every fault, refuses unknown keys. It knows no feature. */
package chat.parley.config;
