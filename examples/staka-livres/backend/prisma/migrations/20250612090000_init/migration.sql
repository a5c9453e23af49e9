CREATE TABLE `commandes` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `titre` VARCHAR(500) NOT NULL,
    `email` VARCHAR(500) NOT NULL,
    `pages` INTEGER NOT NULL,
    `statut` ENUM('EN_ATTENTE', 'EN_COURS', 'TERMINE') NOT NULL DEFAULT 'EN_ATTENTE',
    `cree_le` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    INDEX `commandes_statut_idx`(`statut`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
