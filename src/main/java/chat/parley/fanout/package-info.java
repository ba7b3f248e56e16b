/** Stream to devices: who may see a change, which gateways hold their devices, one message each. */
package chat.parley.fanout;
