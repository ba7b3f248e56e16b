/**
 * The main classes of the child processes. They are put into a jar of their own at start and run
 * beside a store's libraries, so they use nothing but the JDK and have no nested classes.
 */
package chat.parley.embedded.child;
