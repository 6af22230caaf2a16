package main

// vitestFile is a file in the report of `vitest --reporter=json`.
type vitestFile struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Tests  []struct {
		Name   string `json:"fullName"`
		Status string `json:"status"`
	} `json:"assertionResults"`
}

func (f vitestFile) addTo(r *report) {
	if f.Status == "failed" && len(f.Tests) == 0 { // it could not be loaded
		r.Failed = append(r.Failed, f.Name)
	}
	for _, t := range f.Tests {
		switch t.Status {
		case "passed":
			r.Passed++
		case "failed":
			r.Failed = append(r.Failed, t.Name)
		default: // skipped, pending, todo, disabled
			r.skip(t.Name, "")
		}
	}
}

// playwrightSuite is a file or a group in the report of `playwright test --reporter=json`.
type playwrightSuite struct {
	Title  string            `json:"title"`
	Suites []playwrightSuite `json:"suites"`
	Specs  []struct {
		Title string `json:"title"`
		Tests []struct {
			Project     string `json:"projectName"`
			Status      string `json:"status"`
			Annotations []struct {
				Type        string `json:"type"`
				Description string `json:"description"`
			} `json:"annotations"`
		} `json:"tests"`
	} `json:"specs"`
}

type playwrightError struct {
	Message string `json:"message"`
}

func (s playwrightSuite) addTo(r *report, prefix string) {
	prefix += s.Title + " › "
	for _, sub := range s.Suites {
		sub.addTo(r, prefix)
	}
	for _, spec := range s.Specs {
		for _, t := range spec.Tests {
			name := prefix + spec.Title + " [" + t.Project + "]"
			switch t.Status {
			case "expected", "flaky":
				r.Passed++
			case "skipped":
				reason := ""
				for _, a := range t.Annotations {
					if a.Type == "skip" || a.Type == "fixme" {
						reason = a.Description
					}
				}
				r.skip(name, reason)
			default:
				r.Failed = append(r.Failed, name)
			}
		}
	}
}
