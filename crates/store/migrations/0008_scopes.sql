-- Levels of single scopes besides the whole (吉林市细则第十一条, 德宏州方案二), JSON; empty where none was rated.
ALTER TABLE rating_event ADD COLUMN scopes {text} NOT NULL DEFAULT '';
