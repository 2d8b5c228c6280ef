"""The subcommands of `tongan`, one file per subject."""
