identity form
