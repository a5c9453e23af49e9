-- Uploads moved from S3 to the disk: the database knows what they are called and where they are.
CREATE TABLE `fichiers` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `commande_id` INTEGER NOT NULL,
    `nom` VARCHAR(255) NOT NULL,
    `chemin` VARCHAR(191) NOT NULL,
    `octets` BIGINT NOT NULL,
    `cree_le` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `fichiers_chemin_key`(`chemin`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

ALTER TABLE `fichiers` ADD CONSTRAINT `fichiers_commande_id_fkey`
    FOREIGN KEY (`commande_id`) REFERENCES `commandes`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
