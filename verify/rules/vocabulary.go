// Package rules holds the clauses of the notices as dated data (assets/rules/rules.json) and the engine that applies
// them to facts. It decides nothing that the data does not say: a rule names its document, clause and quoted
// sentence, the condition under which it applies, and what then follows.
package rules

// Status is the result of one check.
type Status string

// The statuses (ETSI EN 319 102-1 clause 5.1, extended by SKIPPED).
const (
	Passed       Status = "PASSED"
	Failed       Status = "FAILED"
	Inconclusive Status = "INCONCLUSIVE" // tried, cannot say
	Skipped      Status = "SKIPPED"      // by policy or not applicable, always with the reason
)

// Indication is a verdict.
type Indication string

// The indications (ETSI EN 319 102-1 clause 5.1.3).
const (
	TotalPassed   Indication = "TOTAL-PASSED"
	Indeterminate Indication = "INDETERMINATE"
	TotalFailed   Indication = "TOTAL-FAILED"
)

// Worse returns the graver of two indications. Anything but the three known values counts as Indeterminate.
func Worse(a, b Indication) Indication {
	switch {
	case a == TotalFailed || b == TotalFailed:
		return TotalFailed
	case a == TotalPassed && b == TotalPassed:
		return TotalPassed
	}
	return Indeterminate
}

// Action says what a policy does with a check's result.
type Action string

// The actions.
const (
	Enforce Action = "enforce" // enters the verdict
	Advise  Action = "advise"  // shown, does not enter the verdict
	Skip    Action = "skip"    // not evaluated
)

// Target is the verdict that a rule speaks to.
type Target string

// The two verdicts are kept apart: an expired copy does not end the registration behind it.
const (
	TargetCopy         Target = "copy"
	TargetRegistration Target = "registration"
)

// SubIndication is the reason for a verdict other than TOTAL-PASSED: one of ETSI EN 319 102-1 where it exists.
type SubIndication string

// The sub-indications of ETSI EN 319 102-1 that are used, then our own.
const (
	HashFailure             SubIndication = "HASH_FAILURE"
	SigCryptoFailure        SubIndication = "SIG_CRYPTO_FAILURE"
	SigConstraintsFailure   SubIndication = "SIG_CONSTRAINTS_FAILURE"
	FormatFailure           SubIndication = "FORMAT_FAILURE"
	NoCertificateChainFound SubIndication = "NO_CERTIFICATE_CHAIN_FOUND"
	CertRevoked             SubIndication = "REVOKED"
	RevokedNoPOE            SubIndication = "REVOKED_NO_POE"
	RevokedCANoPOE          SubIndication = "REVOKED_CA_NO_POE"
	OutOfBoundsNoPOE        SubIndication = "OUT_OF_BOUNDS_NO_POE"
	TryLater                SubIndication = "TRY_LATER"

	ModifiedAfterSeal           SubIndication = "MODIFIED_AFTER_SEAL"
	UnsupportedAlgorithm        SubIndication = "UNSUPPORTED_ALGORITHM"
	UnsupportedFormat           SubIndication = "UNSUPPORTED_FORMAT"
	NoSealFound                 SubIndication = "NO_SEAL_FOUND"
	SealNameMismatch            SubIndication = "SEAL_NAME_MISMATCH"
	KindNotAccepted             SubIndication = "KIND_NOT_ACCEPTED"
	TypeNotInForce              SubIndication = "TYPE_NOT_IN_FORCE"
	UsagePeriodEnded            SubIndication = "USAGE_PERIOD_ENDED"
	UsagePeriodNotBegun         SubIndication = "USAGE_PERIOD_NOT_BEGUN"
	UsagePeriodImplausible      SubIndication = "USAGE_PERIOD_IMPLAUSIBLE"
	AnnotationMissing           SubIndication = "ANNOTATION_MISSING"
	SpecialtyExpired            SubIndication = "SPECIALTY_EXPIRED"
	SpecialtyMissing            SubIndication = "SPECIALTY_MISSING"
	RegistrationExpired         SubIndication = "REGISTRATION_EXPIRED"
	RegistrationNotYetValid     SubIndication = "REGISTRATION_NOT_YET_VALID"
	RegistrationRevoked         SubIndication = "REGISTRATION_REVOKED"
	AgeLimitPassed              SubIndication = "AGE_LIMIT_PASSED"
	EmployerMismatch            SubIndication = "EMPLOYER_MISMATCH"
	NotInSnapshot               SubIndication = "NOT_IN_SNAPSHOT"
	NoSnapshot                  SubIndication = "NO_SNAPSHOT"
	SnapshotDamaged             SubIndication = "SNAPSHOT_DAMAGED"
	FieldsMismatch              SubIndication = "FIELDS_MISMATCH"
	FieldsUnreadable            SubIndication = "FIELDS_UNREADABLE"
	QRMissing                   SubIndication = "QR_MISSING"
	QRUnknownHost               SubIndication = "QR_UNKNOWN_HOST"
	HandwrittenSignatureMissing SubIndication = "HANDWRITTEN_SIGNATURE_MISSING"
	HandwritingDiffers          SubIndication = "HANDWRITING_DIFFERS"
	HandwritingNotExamined      SubIndication = "HANDWRITING_NOT_EXAMINED"
	InputNotOriginal            SubIndication = "INPUT_NOT_ORIGINAL"
	ClockUntrusted              SubIndication = "CLOCK_UNTRUSTED"
	NewerCopyExists             SubIndication = "NEWER_COPY_EXISTS"
)
