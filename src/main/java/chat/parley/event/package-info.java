/** What has happened: committed changes, and how they are encoded for the stream. */
package chat.parley.event;
