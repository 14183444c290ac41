package auditverify

// Check names one question that the verifier asks. Names are part of the JSON
// output; none is renamed.
type Check string

// The checks, in the order of the report.
const (
	CheckKey                   Check = "verification_key"
	CheckLines                 Check = "lines"
	CheckSequence              Check = "sequence"
	CheckPrevHash              Check = "prev_hash"
	CheckLogID                 Check = "log_id"
	CheckSegments              Check = "segments"
	CheckTornTails             Check = "torn_tails"
	CheckPrune                 Check = "prune_record"
	CheckCheckpointFormat      Check = "checkpoint_format"
	CheckCheckpointOrigin      Check = "checkpoint_origin"
	CheckCheckpointSignature   Check = "checkpoint_signature"
	CheckEpochs                Check = "epoch_chain"
	CheckCheckpointOrder       Check = "checkpoint_order"
	CheckCheckpointConsistency Check = "checkpoint_consistency"
	CheckCheckpointRoot        Check = "checkpoint_root"
	CheckLength                Check = "log_length"
	CheckCoverage              Check = "coverage"
	CheckAnchorAuthentic       Check = "anchor_authentic"
	CheckAnchorConsistency     Check = "anchor_consistency"
	CheckAnchorLength          Check = "anchor_length"
	CheckAnchorKnown           Check = "anchor_known"
	CheckAnchorAge             Check = "anchor_age"
	CheckCosignatures          Check = "witness_cosignatures"
	CheckTokens                Check = "timestamp_tokens"
	CheckTimestamps            Check = "timestamps"
	CheckHeartbeats            Check = "heartbeats"
	CheckSessions              Check = "session_sequence"
	CheckDisturbed             Check = "disturbed"
	CheckLoki                  Check = "loki"
)

// Question is a check with what it asks.
type Question struct {
	Check Check
	Asks  string
}

// Questions lists every check in the order of the report.
func Questions() []Question {
	return []Question{
		{CheckKey, "The key comes from outside the log's directory"},
		{CheckLines, "Every line is a record in the one form that the log writes"},
		{CheckSequence, "Sequence numbers have no gap, no double and are in order"},
		{CheckPrevHash, "Every line names the hash of the line before it"},
		{CheckLogID, "Every line is of this log"},
		{CheckSegments, "No segment is missing, added, renamed or a link"},
		{CheckTornTails, "Bytes that a crash tore off are kept and recorded"},
		{CheckPrune, "What is missing at the beginning was pruned, and a signed record says so"},
		{CheckCheckpointFormat, "Every checkpoint can be read"},
		{CheckCheckpointOrigin, "Every checkpoint is of this log"},
		{CheckCheckpointSignature, "Every checkpoint is signed by a key of this log"},
		{CheckEpochs, "Every key was handed over by the one before it"},
		{CheckCheckpointOrder, "The size of the checkpoints never falls"},
		{CheckCheckpointConsistency, "Checkpoints of one size have one root"},
		{CheckCheckpointRoot, "The roots of the checkpoints are those of the records"},
		{CheckLength, "The log has every record that a checkpoint covers"},
		{CheckCoverage, "The last checkpoint covers the last record"},
		{CheckAnchorAuthentic, "The anchors are signed checkpoints of this log"},
		{CheckAnchorConsistency, "The roots of the anchors are those of the records"},
		{CheckAnchorLength, "The log has every record that an anchor covers"},
		{CheckAnchorKnown, "The log's own checkpoints include the anchors"},
		{CheckAnchorAge, "The newest anchor is recent"},
		{CheckCosignatures, "The witnesses' cosignatures are theirs"},
		{CheckTokens, "The timestamp tokens are the authority's"},
		{CheckTimestamps, "Times go forward"},
		{CheckHeartbeats, "Nobody stopped the log without a record of it"},
		{CheckSessions, "Every session's events are numbered without holes"},
		{CheckDisturbed, "Nobody changed the log while it was written"},
		{CheckLoki, "Loki has the same events"},
	}
}

// Status is the answer to a check.
type Status string

// Answers.
const (
	Pass    Status = "pass"
	Fail    Status = "fail"    // the log is not what was written
	Warn    Status = "warn"    // worth a look; no proof of tampering
	Skipped Status = "skipped" // was not asked, or cannot be
)
