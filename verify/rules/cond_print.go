package rules

// A print stands for the electronic certificate only as far as it says the same.

// comparedAs returns the first fact with that outcome, and shows all of them.
func (e *evaluation) comparedAs(state ComparedState) *Compared {
	if e.Print == nil {
		return nil
	}
	var first *Compared
	for i := range e.Print.Compared {
		c := &e.Print.Compared[i]
		if c.State != state {
			continue
		}
		if first == nil {
			first = c
		}
		e.show(c.Field, c.Original+" | "+c.Print)
	}
	if first != nil {
		e.set("field", "@field-"+first.Field)
		e.set("original", first.Original)
		e.set("print", first.Print)
		e.set("file", e.Print.Name)
	}
	return first
}

func printDiffers(e *evaluation) bool { return e.comparedAs(ComparedDifferent) != nil }

// essential are the facts without which a print is not known to be one of this certificate, and of this copy.
func essential(field string) bool {
	switch field {
	case "number", "name", "employer", "idNumber", "qualificationName", "usage", "valid", "annotation", "specialty":
		return true
	}
	return false
}

// printPagesUnread: something of the print's file was left unread, and may be another certificate.
func printPagesUnread(e *evaluation) bool {
	if e.Print == nil || !e.Print.Pages {
		return false
	}
	e.set("file", e.Print.Name)
	return true
}

// printOthers: the print's file holds other certificates, which nobody judged.
func printOthers(e *evaluation) bool {
	if e.Print == nil || e.Print.Others == 0 {
		return false
	}
	e.set("file", e.Print.Name)
	e.setInt("count", e.Print.Others)
	return true
}

// printCode: the print carries a code that was not read on the original. One that is on both is judged with the original.
func printCode(e *evaluation) bool {
	if e.Print == nil {
		return false
	}
	for i := range e.Print.Codes {
		c := &e.Print.Codes[i]
		if e.anyCode(func(o *Code) bool { return o.Text == c.Text }) {
			continue
		}
		e.set("file", e.Print.Name)
		e.set("code", c.Text)
		e.show("qrText", c.Text) // its place is on the print, not on the page that is shown
		e.show("host", c.Payload.Host)
		return true
	}
	return false
}

// printNotReadable: an essential fact could not be compared, or nothing was.
func printNotReadable(e *evaluation) bool {
	if e.Print == nil {
		return false
	}
	number := false
	for i := range e.Print.Compared {
		c := &e.Print.Compared[i]
		number = number || c.Field == "number"
		if c.State == ComparedNotReadable && essential(c.Field) {
			e.set("field", "@field-"+c.Field)
			e.set("file", e.Print.Name)
			e.show(c.Field, c.Original+" | "+c.Print)
			return true
		}
	}
	if number {
		return false
	}
	e.set("field", "@field-number")
	e.set("file", e.Print.Name)
	return true
}

// printSame: something was compared, the number among it, and nothing differs.
func printSame(e *evaluation) bool {
	if e.Print == nil {
		return false
	}
	n, number := 0, false
	for _, c := range e.Print.Compared {
		switch c.State {
		case ComparedDifferent:
			return false
		case ComparedEqual:
			n++
			number = number || c.Field == "number"
		}
	}
	if !number {
		return false
	}
	e.set("file", e.Print.Name)
	e.setInt("count", n)
	return true
}
