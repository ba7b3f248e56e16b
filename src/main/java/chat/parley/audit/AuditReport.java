package chat.parley.audit;

import java.util.List;

/** What a check found; everything is right where there are no findings. */
public record AuditReport(int days, int chains, long lines, List<AuditFinding> findings) {}
