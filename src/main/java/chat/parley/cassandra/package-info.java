/** The history store: session, schema, and how requests are bounded and counted. */
package chat.parley.cassandra;
