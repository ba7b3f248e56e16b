/** Certificates, keys and whom to trust, as files in PEM: for everything here that speaks TLS. */
package chat.parley.tls;
