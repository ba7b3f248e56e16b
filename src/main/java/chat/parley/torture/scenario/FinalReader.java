package chat.parley.torture.scenario;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevNode;
import chat.parley.embedded.EmbeddedStack;
import chat.parley.kafka.KafkaSettings;
import chat.parley.torture.finalread.Cluster;
import chat.parley.torture.finalread.FinalReading;
import chat.parley.torture.finalread.Reader;
import chat.parley.torture.history.History;
import chat.parley.torture.load.Person;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Reads at the end what a cluster holds, past all proxies. */
final class FinalReader {
  private final Vertx vertx;
  private final DevCluster cluster;
  private final Duration patience;

  FinalReader(Vertx vertx, DevCluster cluster, Duration patience) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.patience = patience;
  }

  /** Reads as these people, who were in these conversations. */
  Future<Void> read(History history, Map<Person, Set<String>> conversations) {
    return with(
        stores -> FinalReading.of(vertx, stores, readers(conversations)).run(history, patience));
  }

  /** Verifies all that is stored; what is wrong, in words. */
  Future<List<String>> verify() {
    return with(FinalReading::verifyAll);
  }

  private <T> Future<T> with(Function<Cluster, Future<T>> reading) {
    EmbeddedStack stack = cluster.stores().stack();
    InetSocketAddress cassandra = stack.cassandraContactPoint();
    KafkaSettings kafka =
        KafkaSettings.defaults().withBootstrapServers(List.of(stack.kafkaBootstrap()));
    List<URI> gateways =
        cluster.nodes().stream().filter(DevNode::isGateway).map(DevNode::uri).toList();
    return CassandraConnector.connectToExisting(
            vertx,
            CassandraSettings.at(List.of(cassandra.getHostString() + ":" + cassandra.getPort())),
            new SimpleMeterRegistry())
        .compose(
            session ->
                reading.apply(new Cluster(session, kafka, gateways)).eventually(session::close));
  }

  private static List<Reader> readers(Map<Person, Set<String>> conversations) {
    return conversations.entrySet().stream()
        .map(
            each ->
                new Reader(
                    each.getKey().handle(),
                    each.getKey().password(),
                    each.getKey().userId(),
                    each.getValue()))
        .toList();
  }
}
