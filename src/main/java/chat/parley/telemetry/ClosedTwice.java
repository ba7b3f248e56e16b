package chat.parley.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps one warning of Vert.x out of a log, which says nothing and would come for many a connection
 * that ends badly: a WebSocket that is told goodbye while its peer takes nothing, and whose line
 * then breaks, is closed a second time (seen at 5.0.8: {@code WebSocketConnectionImpl.handleClosed}
 * completes the promise, and the goodbye, which fails after that, hands it to Netty again). Every
 * other word of the same logger passes.
 */
public final class ClosedTwice extends Filter<ILoggingEvent> {
  private static final String LOGGER = "io.netty.util.concurrent.DefaultPromise";
  private static final String SAYS = "promise already done: ConnectionBase$CloseChannelPromise";

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return LOGGER.equals(event.getLoggerName()) && isClosedTwice(event.getThrowableProxy())
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  private static boolean isClosedTwice(IThrowableProxy thrown) {
    return thrown != null
        && thrown.getClassName().equals(IllegalArgumentException.class.getName())
        && thrown.getMessage() != null
        && thrown.getMessage().startsWith(SAYS);
  }
}
