package verifytest

// Seals: forms that are sound, faults of the signature, changes after sealing, trust and names.
func (b *catalog) constructorSeals() {
	sound := func(name, about string, f func(*Spec)) {
		b.constructor("seal-"+name, about, f).at("2026-04-01", Pass, Pass)
	}
	stamped := func(s *Seal) { s.Timestamp = true }
	sound("sm2", "A CMS with SM2 and SM3.", seal(FormCMSSM2, SignerConstructor))
	sound("cades", "ETSI.CAdES.detached with an ESS certificate reference.", seal(FormCAdES, SignerConstructor))
	sound("timestamp", "With an RFC 3161 timestamp.", sealWith(stamped))
	sound("ses", "An electronic seal of GB/T 38540-2020 in the signature dictionary.", seal(FormSES, SignerConstructor))
	sound("ses-timestamp", "The same with a timestamp.", func(s *Spec) {
		seal(FormSES, SignerConstructor)(s)
		sealWith(stamped)(s)
	})
	sound("gm-detached", "The form DJ.GMPkiLite / GM.sm2cms.detached.", seal(FormGMDetached, SignerConstructor))
	sound("validation-data", "Validation data were added after sealing, which is permitted.", func(s *Spec) { s.After = AfterLTV })
	b.constructor("seal-sha1", "adbe.x509.rsa_sha1: it verifies, and its digest is weak.", seal(FormX509SHA1, SignerConstructor)).
		at("2026-04-01", Pass, Pass, "S-18")

	// Nothing of the content is judged once the seal is broken, so the registration stays open.
	broken := func(name, about, rule string, f func(*Spec)) {
		b.constructor("seal-"+name, about, f).at("2026-04-01", Fail, Unsure, rule)
	}
	broken("edited-in-place", "The end of the period of use was changed inside the sealed bytes.", "S-01", func(s *Spec) {
		s.After, s.NewText = AfterInPlace, [2]string{"2026年8月27日", "2028年8月27日"}
	})
	broken("value", "One bit of the signature value is wrong.", "S-01", sealWith(func(s *Seal) { s.Fault = FaultValue }))
	broken("value-sm2", "One bit of the SM2 signature value is wrong.", "S-01", func(s *Spec) {
		seal(FormCMSSM2, SignerConstructor)(s)
		sealWith(func(q *Seal) { q.Fault = FaultValue })(s)
	})
	broken("value-ses", "One bit of the electronic seal's signature value is wrong.", "S-01", func(s *Spec) {
		seal(FormSES, SignerConstructor)(s)
		sealWith(func(q *Seal) { q.Fault = FaultValue })(s)
	})
	broken("malformed", "The signature dictionary holds bytes that are no signature.", "S-02", sealWith(func(s *Seal) { s.Fault = FaultMalformed }))
	broken("partial", "The signed range leaves out the end of the file.", "S-11", sealWith(func(s *Seal) { s.Fault = FaultPartial }))
	broken("content-replaced", "An update after sealing replaces the page's content.", "S-03", func(s *Spec) {
		s.After, s.NewText = AfterContent, [2]string{"2026年8月27日", "2028年8月27日"}
	})
	broken("overlay", "An annotation was laid over the employer after sealing.", "S-03", func(s *Spec) {
		s.After, s.NewText = AfterOverlay, [2]string{"", "样例路桥工程有限公司"}
	})
	broken("page-added", "A page was added after sealing.", "S-03", func(s *Spec) { s.After = AfterPage })
	broken("trailing-bytes", "An object that nothing refers to was put behind the end.", "S-03", func(s *Spec) { s.After = AfterTrailing })
	broken("ses-not-listed", "The signer's certificate is not in the electronic seal's list.", "S-02", func(s *Spec) {
		seal(FormSES, SignerConstructor)(s)
		sealWith(func(q *Seal) { q.Fault = FaultNotListed })(s)
	})

	unsure := func(name, about, rule string, mods ...func(*Spec)) *builder {
		return b.constructor("seal-"+name, about, mods...).at("2026-04-01", Unsure, Pass, rule)
	}
	unsure("picture-only", "A picture of the seal stands on the page and nothing is signed.", "S-04", sealWith(func(s *Seal) { s.Form = FormPicture }))
	unsure("empty-field", "There is a signature field with the picture of a seal and no signature.", "S-04", sealWith(func(s *Seal) { s.Form = FormEmptyField }))
	unsure("unsupported", "The signature algorithm is one that this program does not know.", "S-05", seal(FormUnsupported, SignerConstructor))
	unsure("untrusted", "The seal has the right name and comes from an issuer that nobody trusts.", "S-06", seal(FormCMSRSA, SignerStranger))
	unsure("untrusted-sm2", "The same with SM2.", "S-06", seal(FormCMSSM2, SignerStranger))
	unsure("wrong-key-usage", "The signer's certificate is for time-stamping only.", "S-16", seal(FormCMSRSA, SignerWrongUse))
	unsure("ses-expired", "The electronic seal was over when it was used.", "S-07", func(s *Spec) {
		seal(FormSES, SignerConstructor)(s)
		sealWith(func(q *Seal) { q.Fault = FaultSealExpired })(s)
	})

	late := func(mods ...func(*Spec)) func(*Spec) {
		return func(s *Spec) {
			specialty("建筑工程", "2023-05-14", "2026-05-13")(s)
			window("2023-11-01", "2024-04-29")(s)
			seal(FormCMSRSA, SignerExpired)(s)
			for _, m := range mods {
				m(s)
			}
		}
	}
	b.constructor("seal-expired", "The signer's certificate ended, and no timestamp shows when the seal was made.", late()).
		at("2023-12-20", Pass, Pass).
		at("2024-02-01", Unsure, Pass, "S-07")
	b.constructor("seal-expired-timestamp", "The signer's certificate ended; a timestamp shows that the seal is older.", late(sealWith(stamped))).
		at("2024-02-01", Pass, Pass)
	b.constructor("seal-expired-forged-time", "The signer's certificate ended, and the timestamp's own signature is wrong.",
		late(sealWith(func(q *Seal) { q.Timestamp, q.Fault = true, FaultTimeForged }))).
		at("2024-02-01", Unsure, Pass, "S-07")
	b.constructor("seal-revoked", "The signer's certificate was revoked a month before the seal was made.", seal(FormCMSRSA, SignerRevoked)).
		at("2026-04-01", Fail, Pass, "S-08")
	b.constructor("seal-revoked-sm2", "The same with SM2.", seal(FormCMSSM2, SignerRevoked)).
		at("2026-04-01", Fail, Pass, "S-08")
	b.constructor("seal-revoked-later", "The signer's certificate was revoked on 2026-05-01, after the seal was made.", seal(FormCMSRSA, SignerRevokedLater)).
		at("2026-04-20", Pass, Pass).
		// Nothing proves that the seal is older than the revocation, and nothing says that it is younger (REVOKED_NO_POE).
		at("2026-05-10", Unsure, Pass, "S-08")
	b.constructor("seal-revoked-later-timestamp", "The same with a timestamp, which shows that the seal is older.", func(s *Spec) {
		seal(FormCMSRSA, SignerRevokedLater)(s)
		sealWith(stamped)(s)
	}).at("2026-05-10", Pass, Pass)
	b.constructor("seal-of-a-province", "A trusted seal, but of another office.", seal(FormCMSRSA, SignerProvince)).
		at("2026-04-01", Fail, Pass, "S-09")
	b.constructor("seal-of-the-ministry", "The plain seal of the ministry, which the special seal replaced in 2021.", seal(FormCMSRSA, SignerMinistry)).
		at("2026-04-01", Pass, Pass, "Y-08").
		with("--policy|strict", "2026-04-01", Unsure, Pass, "Y-08")
	b.constructor("seal-name-drawn-otherwise", "The picture shows the right seal, the signature is another office's.", seal(FormCMSRSA, SignerProvince),
		sealWith(func(q *Seal) { q.Text = SealConstructor })).
		at("2026-04-01", Fail, Pass, "S-09")
}
