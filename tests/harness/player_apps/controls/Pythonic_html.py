"""A page that is written in Python."""


def title_block(player, **kwargs):
    yield "Written in Python"


def content_block(player, components, **kwargs):
    yield f"<p>You are number <b>{player.id_in_group}</b>.</p>"
    yield components.formfields()
    yield components.next_button("Go on")
