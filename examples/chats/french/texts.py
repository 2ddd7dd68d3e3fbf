TEXTS = dict(en=dict(title="A conversation", about="Talk with a language model about a book that you like."))
