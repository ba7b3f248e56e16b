/**
 * Who did what to whom, in a form that tells when it was tampered with.
 *
 * <pre>
 *   audit_lines(day, chain, part | seq)   line, seal              inserted, never altered
 *   audit_chains(day | chain)             how far it reaches, sealed too
 * </pre>
 *
 * A chain belongs to one run of one node and one day (UTC): its name is the node's id, which is
 * fresh at each start. So it has one writer for ever, which holds number and last seal in memory
 * and needs neither a lightweight transaction nor a read: nobody else can take the next number,
 * after a crash there is another chain, and two halves of a split cluster write two. The price is
 * that the lines of a day have an order within each chain only; between chains there is the clock.
 *
 * <p>Each line's seal is an HMAC over its text and the seal before it, under a key that is derived
 * from the nodes' signing key and not in the store. So in the store alone nobody can make a line:
 * an altered, added, swapped or missing one breaks the chain there. A chain that is cut short at
 * its end is caught by its head, which is sealed as well; one that disappears as a whole, or is put
 * back to an earlier state with its head, by the first lines of later chains: they say of each
 * chain of that day and the day before how far it had come. Whoever holds the signing key can do
 * all this unseen, hence the copy in the log {@code parley.audit}, which may be shipped elsewhere.
 */
package chat.parley.audit;
