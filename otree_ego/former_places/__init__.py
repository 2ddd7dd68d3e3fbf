"""Modules that used to stand at the top of the package, for what oTree has stored.

oTree keeps `participant.vars` and a session's config as pickles of its own. A pickle that was made before the modules
moved names the place of each class at that time, and oTree looks there. This folder is on the package's path, so
`otree_ego.personas` is found in it. Nothing else imports these modules, and new pickles do not name them: they name
`otree_ego` itself (see `otree_ego.public`). What a Thread keeps is read by `otree_ego.threads.state.load_state`.
"""
