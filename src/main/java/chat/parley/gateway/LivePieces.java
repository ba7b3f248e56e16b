package chat.parley.gateway;

import chat.parley.registry.ClusterView;
import chat.parley.registry.PresenceSettings;
import chat.parley.registry.Presences;

/** What presence and typing need beside the other pieces of a gateway. */
public record LivePieces(
    Presences presences, ClusterView cluster, PresenceSettings settings, SoftLoad load) {}
