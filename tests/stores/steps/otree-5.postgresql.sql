alter table otree_ego_message add column worker VARCHAR(100);
CREATE TABLE otree_ego_lease (
	id INTEGER NOT NULL, 
	holder VARCHAR(100) NOT NULL, 
	beat INTEGER NOT NULL, 
	place VARCHAR(300) NOT NULL, 
	since FLOAT NOT NULL, 
	PRIMARY KEY (id)
);
