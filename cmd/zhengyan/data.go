package main

// dataCommands are the verbs that keep the data folder.
func dataCommands() []command {
	return nil
}
