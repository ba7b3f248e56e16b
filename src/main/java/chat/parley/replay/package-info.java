/**
 * Replays real conversations against a running server and checks what every device saw.
 *
 * <pre>
 *   IrcLog ──lines──▶ ReplayPlan ──events with times──▶ ReplayRun ──▶ Cast (users, devices) ──▶ Lane (one a speaker)
 *                                                          │                        │ observations
 *                                                          ▼                        ▼
 *                                   ReplayReport ◀── DeliveryCheck ◀────────── DeviceRecord
 * </pre>
 *
 * <p>It speaks to the server only through {@code chat.parley.client}: what it finds is what any
 * client would see.
 */
package chat.parley.replay;
