;; A task whose name clears the terminal.
(data (i32.const 256) "\1b[2J\1b]0;owned\07")
(data (i32.const 4100) "\0e\00\00\00")
