package chat.parley.replay;

import chat.parley.client.ChatClient;
import chat.parley.client.ParleyApi;

/** A speaker's user and device on the server. */
record Actor(String handle, String userId, ParleyApi api, ChatClient client, DeviceRecord record) {}
