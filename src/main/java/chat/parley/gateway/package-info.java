/** The edge: HTTP, WebSocket and SockJS; frames in, frames out, nothing durable. */
package chat.parley.gateway;
